"""What comes out of printers: fonts and documents, and the queue that carries them there."""
