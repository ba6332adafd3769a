"""Tests of the look: files sent to the browser, templates, components."""
