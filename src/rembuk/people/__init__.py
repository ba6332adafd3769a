"""The roll; residents, officials, institutions; sign-in, grants, consent."""
