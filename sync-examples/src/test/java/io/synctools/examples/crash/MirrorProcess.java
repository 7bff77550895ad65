package io.synctools.examples.crash;

import io.synctools.Outcome;
import io.synctools.SyncReport;
import io.synctools.Syncer;
import io.synctools.file.Disk;
import io.synctools.huggingface.HuggingFaceOptions;
import io.synctools.model.ArtifactRef;
import io.synctools.model.NameFilter;
import io.synctools.model.Place;
import io.synctools.model.SyncItem;
import io.synctools.model.SyncOptions;
import io.synctools.model.SyncPlan;
import io.synctools.modelscope.ModelScopeOptions;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that mirrors one repository and dies at the n-th operation on its disk: {@code MirrorProcess LAYOUT ENDPOINT ROOT N WAIT}.
 * With N = 0 it lives. Its exit status is that of the report, 137 when it died, and 75 when another holds the item.
 */
final class MirrorProcess {
    static final String NAME = "models/bench/crash-1.5";
    static final int PART = 64 * 1024;
    static final int CONNECTIONS = 4;
    static final int HELD = 75;

    private MirrorProcess() {}

    /** Where repositories are mirrored to. */
    enum Layout {
        MODELSCOPE("modelscope", "modelscope-cache", ""),
        HUGGINGFACE("huggingface", "huggingface-cache", "main"),
        LOCAL_DIR("huggingface", "local-dir", "");

        private final String source;
        private final String target;
        private final String revision;

        Layout(String source, String target, String revision) {
            this.source = source;
            this.target = target;
            this.revision = revision;
        }

        SyncPlan plan() {
            return SyncPlan.builder("crash")
                    .add(new SyncItem(
                            ArtifactRef.of(source, NAME),
                            ArtifactRef.of(target, NAME, revision),
                            NameFilter.ALL,
                            Place.NONE))
                    .build();
        }
    }

    static RunContext context(String endpoint, Path root) {
        return RunContext.of(SyncOptions.builder()
                .environment(Map.of("HOME", root.toString(), "MODELSCOPE_ENDPOINT", endpoint, "HF_ENDPOINT", endpoint))
                .set(ModelScopeOptions.CACHE, root)
                .set(HuggingFaceOptions.CACHE, root)
                .set(HuggingFaceOptions.LOCAL_ROOT, root)
                .partSize(Integer.getInteger("crash.part", PART))
                .connections(CONNECTIONS)
                .jobs(4)
                .build());
    }

    public static void main(String[] args) {
        RunContext context = RunContext.of(context(args[1], Path.of(args[2])).options().toBuilder()
                .waitFor(Duration.parse(args[4]))
                .build());
        int operations = Integer.parseInt(args[3]);
        if (operations > 0) {
            DeadlyDisk disk = new DeadlyDisk(operations);
            context.shared(Disk.class, s -> disk);
        }
        SyncReport report = run(Layout.valueOf(args[0]), context);
        SyncReport.Item item = report.items().get(0);
        System.out.println(item.outcome() + " " + item.failures());
        System.exit(item.outcome() == Outcome.HELD_BY_ANOTHER ? HELD : report.exit());
    }

    /** Mirrors in this process. */
    static SyncReport run(Layout layout, RunContext context) {
        return Syncer.builder().context(context).build().run(layout.plan());
    }

    /** Ends the process without any farewell at one of its operations, every second time after having done it. */
    private static final class DeadlyDisk extends Disk {
        private final AtomicInteger left;
        private final boolean after;

        DeadlyDisk(int operations) {
            this.left = new AtomicInteger(operations);
            this.after = operations % 2 == 0;
        }

        private interface Operation {
            void run() throws IOException;
        }

        private void step(Operation operation) throws IOException {
            boolean last = left.decrementAndGet() == 0;
            if (last && !after) {
                Runtime.getRuntime().halt(137);
            }
            operation.run();
            if (last) {
                Runtime.getRuntime().halt(137);
            }
        }

        @Override
        public void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
            step(() -> super.write(channel, bytes, position));
        }

        @Override
        public void sync(FileChannel channel) throws IOException {
            step(() -> super.sync(channel));
        }

        @Override
        public void syncFolder(Path folder) throws IOException {
            step(() -> super.syncFolder(folder));
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            step(() -> super.rename(from, to));
        }

        @Override
        public void symlink(Path link, Path target) throws IOException {
            step(() -> super.symlink(link, target));
        }

        @Override
        public void hardLink(Path link, Path existing) throws IOException {
            step(() -> super.hardLink(link, existing));
        }

        @Override
        public boolean delete(Path path) throws IOException {
            boolean[] deleted = new boolean[1];
            step(() -> deleted[0] = super.delete(path));
            return deleted[0];
        }
    }
}
