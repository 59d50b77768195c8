"""What if: a basket, another range, segments changed by hand, new customers, another period."""
