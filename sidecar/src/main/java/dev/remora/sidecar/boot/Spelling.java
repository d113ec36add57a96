package dev.remora.sidecar.boot;

import java.util.Arrays;

/// How far a word is from the one that was meant.
final class Spelling {
    private Spelling() {}

    /// How many letters have to be put in, taken out or exchanged (Levenshtein's distance); one row of the table at a time.
    static int errors(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int exchanged = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(exchanged, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
