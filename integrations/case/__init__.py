"""1EdTech CASE 1.0 and 1.1: competency frameworks as packages (interop.md §1.1, §2.1).

`package.read_package` reads and checks, `tree.build_tree` and `links.sort_links` give structure,
`competencies.statements.display_statement` makes text safe for a page.
"""
