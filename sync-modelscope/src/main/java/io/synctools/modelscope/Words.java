package io.synctools.modelscope;

/** Text from outside made fit for a message. */
final class Words {
    private static final int LONGEST = 200;

    private Words() {}

    /** On one line, without control and formatting characters, and cut after 200 characters. */
    static String printable(String text) {
        StringBuilder clean = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (clean.length() == LONGEST) {
                return clean.append('…').toString();
            }
            char c = text.charAt(i);
            boolean shown = !Character.isISOControl(c)
                    && Character.getType(c) != Character.FORMAT
                    && Character.getType(c) != Character.LINE_SEPARATOR
                    && Character.getType(c) != Character.PARAGRAPH_SEPARATOR;
            clean.append(shown ? c : ' ');
        }
        return clean.toString().strip();
    }
}
