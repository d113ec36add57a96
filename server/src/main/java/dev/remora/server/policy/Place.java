package dev.remora.server.policy;

/// Where something stands in a text, both counted from 1.
record Place(int line, int column) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
        return line != other.line
                ? Integer.compare(line, other.line)
                : Integer.compare(column, other.column);
    }
}
