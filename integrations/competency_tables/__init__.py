"""Tables of competencies from and to other programs: CSV, XLSX, outcomes of Canvas, competencies of Moodle."""
