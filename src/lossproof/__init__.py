"""How far can images and video be compressed before a vision model notices?"""
