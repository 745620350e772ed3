return readState()
