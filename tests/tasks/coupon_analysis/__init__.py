"""What mailings come to: gathered, counted, judged, asked about by groups."""
