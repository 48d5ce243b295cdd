"""What a survey amounts to: findings and their fixes, one module for each stage of the way."""
