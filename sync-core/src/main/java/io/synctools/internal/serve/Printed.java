package io.synctools.internal.serve;

/** Text of clients as it may stand on one line of a log. */
final class Printed {
    private static final int LONGEST = 2000;

    private Printed() {}

    static String of(String text) {
        StringBuilder printed = new StringBuilder();
        for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
            char c = text.charAt(i);
            if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
                printed.append(c);
            } else {
                printed.append(String.format("\\x%02x", (int) c));
            }
        }
        return printed.toString();
    }
}
