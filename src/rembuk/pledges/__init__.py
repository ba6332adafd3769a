"""TJSL: companies' money for projects that already won; it never touches a vote, a rank or a winner."""
