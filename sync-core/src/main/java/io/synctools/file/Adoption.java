package io.synctools.file;

import io.synctools.internal.digest.Hasher;
import io.synctools.internal.disk.Rights;
import io.synctools.internal.disk.Stat;
import io.synctools.internal.text.ByteSize;
import io.synctools.model.ByteRange;
import io.synctools.model.Checksum;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Finds whole files that are on this machine already: below the roots of the run in whatever layout, in the folders of other
 * generations of a hub's client, and in those that the option {@code adopt} names. What lies there is read and never
 * changed. Thread-safe.
 */
public final class Adoption implements LocalBytes {
    /** So many files of one size are read to find the one of the right checksum. */
    private static final int MOST_READ = 8;

    private final Stocks stocks;
    private final Destination destination;
    private volatile @Nullable List<Path> elsewhere;

    private Adoption(Stocks stocks, Destination destination) {
        this.stocks = stocks;
        this.destination = destination;
    }

    /** Where the files of one artifact are to go. */
    public interface Destination {

        /** Where a file will be in the end: not a place to take it from. */
        Path place(Entry entry);

        /** Our private folder there, on the same disk; need not exist. */
        Path state();

        /** Whether files there are replaced and never written to, so that they may be hard links to others. */
        boolean isOfACache();

        /** Folders in which files of this artifact may lie at their own paths; need not exist. */
        default List<Path> elsewhere() throws IOException {
            return List.of();
        }
    }

    /** For one artifact of a run. */
    public static Adoption of(RunContext context, Destination destination) {
        return new Adoption(Stocks.of(context), destination);
    }

    /** One more root of this run to take files from; the same one again changes nothing. */
    public static void from(RunContext context, Stock stock) {
        Stocks.of(context).add(stock);
    }

    @Override
    public List<Piece> of(Entry entry) throws IOException, InterruptedException {
        Candidates candidates = candidates(entry);
        Optional<Path> found = candidates.named().stream().findFirst(); // it is hashed on its way
        if (found.isEmpty()) {
            List<Path> sized = candidates.sized();
            found = sized.size() < 2 ? sized.stream().findFirst() : firstThatIs(entry, sized);
        }
        if (found.isEmpty()) {
            return List.of();
        }
        Path file = found.get();
        return List.of(new Piece(new ByteRange(0, entry.size()), file, 0, mayBeLinked(file)));
    }

    /** A file that has come just now may be taken by others. */
    public void arrived(Entry entry) {
        stocks.arrived(destination.place(entry), entry.size(), entry.checksum().orElseThrow());
    }

    /**
     * Files of a right size.
     *
     * @param named those of which somebody says that they have the checksum
     * @param sized the others, those first whose names are right
     */
    private record Candidates(List<Path> named, List<Path> sized) {
        Optional<Path> first() {
            return named.stream().findFirst().or(() -> sized.stream().findFirst());
        }
    }

    private Candidates candidates(Entry entry) throws IOException, InterruptedException {
        List<Path> named = new ArrayList<>();
        List<Path> sized = new ArrayList<>();
        if (entry.size() <= 0 || entry.checksum().isEmpty()) {
            return new Candidates(named, sized);
        }
        Checksum checksum = entry.checksum().get();
        for (Path folder : elsewhere()) {
            add(folder.resolve(entry.path()), entry, sized);
        }
        int atOwnPath = sized.size();
        for (Path file : stocks.told(checksum)) {
            add(file, entry, named);
        }
        for (Path file : stocks.ofSize(entry.size())) {
            add(file, entry, named(file, checksum) ? named : sized);
        }
        String name = entry.path().substring(entry.path().lastIndexOf('/') + 1);
        sized.subList(atOwnPath, sized.size()).sort((a, b) -> Boolean.compare(b.endsWith(name), a.endsWith(name)));
        return new Candidates(named, sized);
    }

    private List<Path> elsewhere() throws IOException {
        List<Path> known = elsewhere;
        if (known == null) {
            known = destination.elsewhere();
            elsewhere = known;
        }
        return known;
    }

    /** Blobs are called by their checksums. */
    private static boolean named(Path file, Checksum checksum) {
        return file.endsWith(checksum.hex());
    }

    private void add(Path file, Entry entry, List<Path> to) {
        if (!file.equals(destination.place(entry)) && !to.contains(file) && isOfSize(file, entry.size())) {
            to.add(file);
        }
    }

    /** False also where a disk does not tell: it is another one, whose troubles are not this item's. */
    private static boolean isOfSize(Path file, long size) {
        try {
            return Stat.of(file)
                    .filter(found -> found.isRegularFile() && found.size() == size)
                    .isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    private static Optional<Path> firstThatIs(Entry entry, List<Path> candidates)
            throws IOException, InterruptedException {
        for (Path candidate : candidates.subList(0, Math.min(MOST_READ, candidates.size()))) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (hasContent(candidate, entry)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean hasContent(Path file, Entry entry) throws IOException {
        Checksum checksum = entry.checksum().orElseThrow();
        Hasher hasher = new Hasher(checksum.algorithm(), entry.size());
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                hasher.update(buffer, 0, length);
            }
        } catch (NoSuchFileException | AccessDeniedException e) {
            return false;
        }
        return checksum.matches(hasher.finish());
    }

    /** Between caches on one disk, where readers there may read what readers here may. */
    private boolean mayBeLinked(Path file) throws IOException {
        if (!destination.isOfACache() || !stocks.isOfACache(file)) {
            return false;
        }
        Path here = DiskSpace.existing(destination.state());
        return Stat.isOneDisk(file, here) && Rights.isReadableAs(file, here);
    }

    /**
     * What of some files is here.
     *
     * @param files how many of them
     * @param linked bytes that take no room
     * @param copied bytes that are copied
     * @param written those that need room for certain, or may do
     * @param isSure whether nothing was taken for right by its size alone
     */
    record Forecast(int files, long linked, long copied, List<Entry> written, boolean isSure) {

        /** In words; empty where nothing is here. */
        Optional<String> note() {
            if (files == 0) {
                return Optional.empty();
            }
            return Optional.of((files == 1 ? "1 file, " : files + " files, ")
                    + ByteSize.text(linked + copied)
                    + (files == 1 ? ", lies" : ", lie")
                    + " on this machine already and need not be fetched: "
                    + ByteSize.text(linked) + " as hard links, which take no room, "
                    + ByteSize.text(copied) + " as copies");
        }
    }

    /**
     * Makes sure that what is missing fits; what will be linked needs no room.
     *
     * @param parts see {@link FileReceiver#reserve}
     * @param told hears what is here already, where something is
     */
    public Reservation reserve(FileReceiver receiver, Path parts, List<Entry> missing, Consumer<String> told)
            throws IOException, InterruptedException {
        Forecast here = forecast(missing, false);
        here.note().ifPresent(told);
        try {
            return receiver.reserve(parts, here.written());
        } catch (SyncException e) {
            if (e.kind() != FailureKind.NO_SPACE || here.isSure()) {
                throw e;
            }
            return receiver.reserve(parts, forecast(missing, true).written()); // reading costs less than giving up
        }
    }

    /** @param reads whether files of the right size are read to tell whether they are right */
    Forecast forecast(List<Entry> missing, boolean reads) throws IOException, InterruptedException {
        int files = 0;
        long linked = 0;
        long copied = 0;
        boolean isSure = true;
        List<Entry> written = new ArrayList<>();
        for (Entry entry : missing) {
            Candidates candidates = candidates(entry);
            Optional<Path> file =
                    reads && candidates.named().isEmpty() ? firstThatIs(entry, candidates.sized()) : candidates.first();
            boolean isLinked = file.isPresent() && mayBeLinked(file.get());
            boolean isGuess = isLinked && !reads && candidates.named().isEmpty();
            if (!isLinked || isGuess) {
                written.add(entry);
            }
            isSure &= !isGuess;
            files += file.isPresent() ? 1 : 0;
            linked += isLinked ? entry.size() : 0;
            copied += file.isPresent() && !isLinked ? entry.size() : 0;
        }
        return new Forecast(files, linked, copied, written, isSure);
    }
}
