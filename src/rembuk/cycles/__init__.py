"""One year's process: phases, calendar, elections, ceilings per district."""
