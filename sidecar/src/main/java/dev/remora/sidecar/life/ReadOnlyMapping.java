package dev.remora.sidecar.life;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A part of a file that a process has in its memory and cannot write to, and of which no page is a copy of its own: what the system drops can be read again.
///
/// @param start the address
/// @param length bytes
/// @param file as it was named when it was mapped
record ReadOnlyMapping(long start, long length, String file) {
    private static final Pattern HEAD =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) r-[-x][ps] \\S+ \\S+ \\S+ +(/.*)");

    /// The count that tells apart what is still as in the file: where a library was linked, pages that can no longer be written to are copies.
    private static final Pattern NO_COPIES = Pattern.compile("Anonymous: +0 kB");

    private static final String LAST_COUNT = "VmFlags:";

    /// Those in `smaps`, as proc(5) has it: a head, and counts below it.
    static List<ReadOnlyMapping> of(List<String> smaps) {
        List<ReadOnlyMapping> found = new ArrayList<>();
        Matcher head = HEAD.matcher("");
        boolean hasCopies = true;
        for (String line : smaps) {
            if (Character.isDigit(line.charAt(0)) || line.charAt(0) >= 'a') {
                head = HEAD.matcher(line);
                hasCopies = true;
            } else if (NO_COPIES.matcher(line).matches()) {
                hasCopies = false;
            } else if (line.startsWith(LAST_COUNT) && !hasCopies && head.matches()) {
                found.add(of(head));
            }
        }
        return found;
    }

    private static ReadOnlyMapping of(Matcher head) {
        long start = Long.parseUnsignedLong(head.group(1), 16);
        return new ReadOnlyMapping(
                start, Long.parseUnsignedLong(head.group(2), 16) - start, head.group(3));
    }
}
