package io.synctools.internal.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PrintableTest {
    @Test
    void aNameShowsWhatWouldHide() {
        assertEquals("a\\u001b[2Jb\\u200b\\u202ec", Printable.name("a\u001b[2Jb\u200b\u202ec"));
        assertEquals("模型 😀", Printable.name("模型 😀"));
        assertEquals("\\ud83d", Printable.name("\ud83d"), "half a character");
        assertEquals("x".repeat(200) + "…", Printable.name("x".repeat(201)));
        assertEquals("x".repeat(200), Printable.name("x".repeat(200)));
    }

    @Test
    void wordsStandOnOneLine() {
        assertEquals("one two three", Printable.words("  one\r\n\ttwo\u2028\u0000three\n"));
        assertEquals("x".repeat(300) + "…", Printable.words("x".repeat(5000)));
        assertEquals("ab…", Printable.words("ab cd", 2));
        assertTrue(Printable.words("\n".repeat(10_000_000)).isEmpty());
    }

    @Test
    void aQuoteTellsBlanksOfOtherKindsAndIsCut() {
        assertEquals("\"a \\\"b\\\\ <U+00A0><U+0007>\"", Printable.quoted("a \"b\\ \u00a0\u0007"));
        assertEquals("\"" + "x".repeat(100) + "…\"", Printable.quoted("x".repeat(101)));
        assertEquals("\"x\"", Printable.character('x'));
        assertEquals("U+0020", Printable.character(' '));
    }

    @Test
    void aLineOfALogHasNoQuoteThatIsNotOurs() {
        assertEquals("GET /\\x22\\x5c\\x0a\\xe4 x", Printable.ascii("GET /\"\\\nä x"));
        assertEquals(2000, Printable.ascii("x".repeat(5000)).length());
    }
}
