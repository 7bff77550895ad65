package io.synctools;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.synctools.model.Option;
import io.synctools.model.SyncOptions;
import io.synctools.spi.RunContext;
import io.synctools.spi.Source;
import io.synctools.spi.SourceProvider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Options that come as text, of the core and of a platform. */
class PlatformOptionsTest {
    private static final Option<Path> ROOT = Option.path("shelf-root", "DIR", "where it stands");

    private final Platforms platforms = Platforms.builder()
            .source(new SourceProvider() {
                @Override
                public String scheme() {
                    return "shelf";
                }

                @Override
                public List<Option<?>> options() {
                    return List.of(ROOT);
                }

                @Override
                public Source create(RunContext context) {
                    throw new AssertionError("reading options makes nothing");
                }
            })
            .build();

    @Test
    void textBecomesTypedValues() {
        SyncOptions options = platforms.options(
                Map.of(
                        "jobs", "8",
                        "part-size", "8MiB",
                        "bandwidth", "200MiB/s",
                        "wait", "5m",
                        "verify", "true",
                        "adopt", "/a,~/b",
                        "via", "hub.example=https://proxy.example/x,CDN.example=http://127.0.0.1:1",
                        "plain-http", "registry.example:5000",
                        "shelf-root", "$HOME/shelf"),
                Map.of("HOME", "/home/ci"));

        assertEquals(8, options.get(SyncOptions.JOBS));
        assertEquals(8L << 20, options.get(SyncOptions.PART_SIZE));
        assertEquals(200L << 20, options.get(SyncOptions.BANDWIDTH));
        assertEquals(Duration.ofMinutes(5), options.get(SyncOptions.WAIT));
        assertEquals(true, options.get(SyncOptions.VERIFY));
        assertEquals(List.of(Path.of("/a"), Path.of("/home/ci/b")), options.get(SyncOptions.ADOPT));
        assertEquals(
                Map.of("hub.example", "https://proxy.example/x", "cdn.example", "http://127.0.0.1:1"),
                options.get(SyncOptions.VIA));
        assertEquals(Set.of("registry.example:5000"), options.get(SyncOptions.PLAIN_HTTP));
        assertEquals(Path.of("/home/ci/shelf"), options.get(ROOT));
        assertEquals(Map.of("HOME", "/home/ci"), options.environment());
        assertEquals(5, options.get(SyncOptions.RETRIES), "the default of what was not given");
    }

    @Test
    void allFaultsAreSaidAtOnceEachWithWhatToWrite() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class,
                () -> platforms.options(
                        Map.of("jbos", "8", "verify", "yes", "shelf-rot", "/s", "retries", "-1", "colour", "red"),
                        Map.of()));

        assertEquals("""
                there is no option "colour"
                there is no option "jbos"; did you mean "jobs"?
                option "retries": must be a number from 0 to 10000, not -1
                there is no option "shelf-rot"; did you mean "shelf-root"?
                option "verify": "yes" says neither yes nor no; write true or false""", refused.getMessage());
    }

    @Test
    void twoPlatformsMayNotCallDifferentOptionsTheSame() {
        SourceProvider other = new SourceProvider() {
            @Override
            public String scheme() {
                return "other";
            }

            @Override
            public List<Option<?>> options() {
                return List.of(Option.path("jobs", "FILE", "something else"));
            }

            @Override
            public Source create(RunContext context) {
                throw new AssertionError();
            }
        };
        Platforms both = Platforms.builder().source(other).build();
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> both.options(Map.of(), Map.of()));
        assertTrue(refused.getMessage().contains("two options are called \"jobs\""), refused.getMessage());
    }
}
