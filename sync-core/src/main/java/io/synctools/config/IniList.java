package io.synctools.config;

import io.synctools.internal.ini4j.Config;
import io.synctools.internal.ini4j.IniHandler;
import io.synctools.internal.ini4j.IniParser;
import io.synctools.internal.ini4j.InvalidFileFormatException;
import io.synctools.internal.text.Printable;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads an INI list: one {@code organization/name} a line, {@code name = revision} to pin one, a section for the platform
 * of what follows. ini4j tells lines apart; the name is taken from the raw line, because ini4j splits at a colon too.
 */
final class IniList {
    private static final String DEFAULT_PLATFORM = RepositoryEntry.MODELSCOPE;

    private final ListFile file;
    private final ListKind kind;
    private final Destinations destinations;
    private final Faults faults;
    private final List<SyncItem> items = new ArrayList<>();

    /** Empty below a section that names no platform: names are still checked, items not made. */
    private Optional<String> platform = Optional.of(DEFAULT_PLATFORM);

    private IniList(ListFile file, ListKind kind, Destinations destinations, Faults faults) {
        this.file = file;
        this.kind = kind;
        this.destinations = destinations;
        this.faults = faults;
    }

    static List<SyncItem> read(ListFile file, ListKind kind, Destinations destinations, Faults faults) {
        faults.addAll(file.faults());
        IniList list = new IniList(file, kind, destinations, faults);
        file.text().ifPresent(list::parse);
        return list.items;
    }

    private void parse(String text) {
        LineReader lines = new LineReader(text);
        Parser parser = new Parser();
        // A line that ini4j refuses ends its run; the next one goes on behind it, so that all faults are told.
        while (!lines.ended()) {
            try {
                parser.parse(lines, new Handler(lines));
            } catch (InvalidFileFormatException e) {
                refused(lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void refused(LineReader lines) {
        String raw = lines.raw();
        int begin = begin(raw);
        String said = raw.substring(begin, endOfContent(raw, begin));
        if (said.startsWith("[")
                && said.endsWith("]")
                && !said.substring(1, said.length() - 1).isBlank()) {
            section(said.substring(1, said.length() - 1).strip(), lines);
        } else if (said.startsWith("[")) {
            platform = Optional.empty();
            faults.error(place(lines, begin), "a section is [modelscope] or [huggingface], alone on its line");
        } else {
            faults.error(place(lines, begin), "a name is missing before " + Printable.character(raw.charAt(begin)));
        }
    }

    private void section(String name, LineReader lines) {
        String raw = lines.raw();
        try {
            platform = Optional.of(RepositoryEntry.platform(name));
        } catch (RefusedValueException e) {
            platform = Optional.empty();
            faults.error(place(lines, begin(raw)), e.why().replace("unknown platform", "unknown section"));
        }
    }

    private void line(LineReader lines) {
        String raw = lines.raw();
        int begin = begin(raw);
        String said = raw.substring(begin, endOfContent(raw, begin));
        Place place = place(lines, begin);
        boolean huggingFace = platform.equals(Optional.of(RepositoryEntry.HUGGING_FACE));
        int equals = RepositoryName.looksLikeAddress(said) ? -1 : said.indexOf('=');
        try {
            String name = unquoted(trimmed(equals < 0 ? said : said.substring(0, equals)));
            RepositoryName repository = RepositoryName.parse(name, huggingFace);
            String revision = equals < 0 ? "" : RevisionName.check(unquoted(trimmed(said.substring(equals + 1))));
            String path = kind.label() + "/" + repository;
            platform.ifPresent(hub -> items.add(new RepositoryEntry(hub, path, revision, NameFilter.ALL, place)
                    .item(Optional.empty(), destinations)));
        } catch (RefusedValueException e) {
            faults.error(place, e.why());
        }
    }

    private Place place(LineReader lines, int begin) {
        return new Place(file.name(), lines.line(), begin + 1);
    }

    /** Behind leading blanks; what else ini4j trims counts as part of the name, where it is an error. */
    private static int begin(String raw) {
        int begin = 0;
        while (begin < raw.length() - 1 && blank(raw.charAt(begin))) {
            begin++;
        }
        return begin;
    }

    /** Before a comment, which begins with {@code #} or {@code ;} after a blank, and before trailing blanks. */
    private static int endOfContent(String raw, int begin) {
        int end = raw.length();
        for (int i = begin + 1; i < end; i++) {
            char c = raw.charAt(i);
            if ((c == '#' || c == ';') && blank(raw.charAt(i - 1))) {
                end = i;
            }
        }
        while (end > begin && blank(raw.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private static String trimmed(String text) {
        int begin = text.isEmpty() ? 0 : begin(text);
        return text.substring(begin, endOfContent(text, begin));
    }

    private static boolean blank(char c) {
        return c == ' ' || c == '\t';
    }

    private static String unquoted(String text) {
        boolean pair = text.length() >= 2
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return pair ? text.substring(1, text.length() - 1) : text;
    }

    /** ini4j with the settings that read bare names as they stand. */
    private static final class Parser extends IniParser {
        Parser() {
            Config config = new Config();
            config.setEmptyOption(true);
            config.setGlobalSection(true);
            config.setGlobalSectionName(Handler.GLOBAL);
            config.setEscape(false);
            config.setEscapeNewline(false);
            config.setMultiOption(true);
            config.setMultiSection(true);
            config.setTree(false);
            config.setPathSeparator('\0');
            config.setLowerCaseOption(false);
            config.setLowerCaseSection(false);
            config.setInclude(false);
            config.setFileEncoding(StandardCharsets.UTF_8);
            setConfig(config);
        }
    }

    /** Takes each line as it comes; what ini4j makes of name and value is not used. */
    private final class Handler implements IniHandler {
        /** No line of a file can give this name: it is trimmed there. */
        static final String GLOBAL = " ";

        private final LineReader lines;

        Handler(LineReader lines) {
            this.lines = lines;
        }

        @Override
        public void handleOption(String name, @Nullable String value) {
            line(lines);
        }

        @Override
        public void startSection(String name) {
            if (!name.equals(GLOBAL)) {
                section(name, lines);
            }
        }

        @Override
        public void handleComment(String comment) {}

        @Override
        public void startIni() {}

        @Override
        public void endIni() {}

        @Override
        public void endSection() {}
    }
}
