package io.synctools.internal.http;

import java.util.Locale;
import java.util.regex.Pattern;

/** Tells by its name alone whether a host is this machine: nothing is looked up. */
public final class Loopback {
    private static final Pattern V4 = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private Loopback() {}

    /** Whether the host is {@code localhost}, a name below it, {@code 127.x.x.x} or {@code ::1}, with brackets or without. */
    public static boolean is(String host) {
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("::1")
                || name.equals("[::1]")
                || V4.matcher(name).matches();
    }
}
