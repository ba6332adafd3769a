"""Reports, decisions and their reasons; every act has an actor."""
