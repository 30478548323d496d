"""1EdTech OneRoster 1.1 and 1.2 as CSV bundles (interop.md §1.3, §2.2).

`bundle.read_bundle` opens a ZIP or folder safely, `check.check_bundle` says everything that is wrong with it, and
`bundle.rows` streams typed rows for writing once the report has no errors.
"""
