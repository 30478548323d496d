"""Write the figures and charts of docs/status-engine.md: python -m tests.status_engine.examples."""

from .document import CHARTS, DOCUMENT, charts, filled

CHARTS.mkdir(parents=True, exist_ok=True)
for name, svg in charts().items():
    (CHARTS / name).write_text(svg)
DOCUMENT.write_text(filled(DOCUMENT.read_text()))
