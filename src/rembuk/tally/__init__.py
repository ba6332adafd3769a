"""The tally: ballots in, result out, exact to the rupiah; pure, and it runs alone as `python -m rembuk.tally`."""
