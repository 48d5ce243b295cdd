"""What Meta publishes about the state of its platform: read from its status page, judged, and quoted."""
