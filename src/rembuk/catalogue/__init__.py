"""The catalogue of works (kamus usulan): units and unit prices by year."""
