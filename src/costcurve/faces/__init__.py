"""Faces: what people and programs see. Each takes its numbers from the rooms before it."""
