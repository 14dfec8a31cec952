"""What stands on a page: the session, the controls, the dials and the player."""
