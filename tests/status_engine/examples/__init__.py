"""The worked examples of docs/status-engine.md: every figure and chart of the document comes out of the engine.

`python -m tests.status_engine.examples` writes them; test_engine_docs.py holds the document to them.
"""
