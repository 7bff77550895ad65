package io.synctools.modelscope;

import io.synctools.internal.http.Endpoints;
import io.synctools.internal.http.FirstRefusal;
import io.synctools.internal.http.Http;
import io.synctools.internal.http.HttpRequest;
import io.synctools.internal.http.HttpResponse;
import io.synctools.internal.http.ItemMeter;
import io.synctools.internal.http.PageBound;
import io.synctools.internal.http.StatusException;
import io.synctools.internal.retry.MismatchException;
import io.synctools.internal.text.Printable;
import io.synctools.model.ByteRange;
import io.synctools.model.Entry;
import io.synctools.model.FailureKind;
import io.synctools.model.SyncException;
import io.synctools.serve.Filtered;
import io.synctools.spi.RunContext;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;

/**
 * The hub's questions and answers over HTTP ({@code docs/protocols/modelscope.md} sections 2 and 3). Thread-safe; does not
 * retry.
 */
final class ModelScopeApi {
    /** Longer listings of models are cut by the hub without a word. */
    private static final int SILENT_CAP = 3000;

    private static final int PAGE_SIZE = 200;
    private static final int LONGEST_REFUSAL = 1 << 16;
    /** How often a repository is read that changes while it is read. */
    private static final int READINGS = 4;

    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

    private final Http http;
    private final Sites sites;
    private final ModelScopeAccess options;
    private final Map<String, String> credentials;
    /** Datasets keep their number; a listing that failed asks for it again. */
    private final Map<String, Long> datasetIds = new ConcurrentHashMap<>();
    /** Repositories that may not be read are asked for one file, not for each. */
    private final FirstRefusal<RepositoryId> refusals = new FirstRefusal<>();

    ModelScopeApi(RunContext context, ModelScopeAccess options) {
        http = Http.of(context);
        sites = new Sites(options.sites());
        options.sites().forEach(http::expect);
        this.options = options;
        credentials = options.token()
                .map(secret -> Map.of("Cookie", "m_session_id=" + secret, "Authorization", "Bearer " + secret))
                .orElse(Map.of());
    }

    /** A new look at a repository begins: what was found out before is not used. */
    void lookAnew(RepositoryId repository) {
        sites.forget(repository);
        refusals.forget(repository::equals);
    }

    /**
     * All files of a repository at a revision: complete, or an exception. A file whose checksum the hub does not tell has
     * none.
     */
    ServedFiles files(RepositoryId repository, String revision) throws IOException, InterruptedException {
        ServedFiles files = sites.ask(
                repository,
                endpoint -> repository.kind() == RepositoryId.Kind.MODEL
                        ? modelFiles(endpoint, repository, revision)
                        : datasetFiles(endpoint, repository, revision));
        if (files.entries().isEmpty()) {
            ItemMeter.current().note("the hub lists no file in " + repository.words() + "; is it empty?");
        }
        return files;
    }

    /** Returns if a repository is there and may be read, asking once. */
    void check(RepositoryId repository, String revision) throws IOException, InterruptedException {
        sites.ask(
                repository,
                endpoint -> repository.kind() == RepositoryId.Kind.MODEL
                        ? modelFolder(endpoint, repository, revision, "", true).count()
                        : datasetId(endpoint, repository));
    }

    private ServedFiles modelFiles(HttpUrl endpoint, RepositoryId model, String revision)
            throws IOException, InterruptedException {
        FileList all = modelFolder(endpoint, model, revision, "", true);
        if (all.count() != SILENT_CAP) {
            return all.served();
        }
        List<Entry> walked = unmoved(endpoint, model, revision, () -> {
            List<Entry> files = new ArrayList<>();
            walk(endpoint, model, revision, "", files);
            return files;
        });
        return new ServedFiles(walked, all.filter());
    }

    /** One way through all questions that a long listing takes. */
    @FunctionalInterface
    private interface Reading {
        List<Entry> read() throws IOException, InterruptedException;
    }

    /**
     * A listing that takes several questions, all of which were answered of one state: the hub's head commit was the same
     * before and after, or, where it tells none, two readings in a row agree. Else a file that was deleted between two
     * questions would take another one out of sight.
     */
    private List<Entry> unmoved(HttpUrl endpoint, RepositoryId repository, String revision, Reading reading)
            throws IOException, InterruptedException {
        if (COMMIT.matcher(revision).matches()) {
            return reading.read();
        }
        Optional<String> head = head(endpoint, repository, revision);
        String before = "";
        for (int i = 0; i < READINGS; i++) {
            List<Entry> files = reading.read();
            if (head.isPresent()) {
                Optional<String> after = head(endpoint, repository, revision);
                if (after.equals(head)) {
                    return files;
                }
                head = after;
            } else {
                String now = Fingerprint.of(files);
                if (now.equals(before)) {
                    return files;
                }
                before = now;
            }
        }
        throw new IOException(Endpoints.authority(endpoint) + ": " + repository.words()
                + " changed each time while it was listed, " + READINGS + " times");
    }

    /** The commit that a revision means now; empty where the hub does not tell. */
    private Optional<String> head(HttpUrl endpoint, RepositoryId repository, String revision)
            throws InterruptedException {
        HttpUrl.Builder url = repository(endpoint, repository).addPathSegment("commits");
        query(url, "Ref", revision);
        query(url, "PageSize", "1");
        HeadCommit head = new HeadCommit();
        try {
            ask(endpoint, url, repository, "its head", head);
            return head.value();
        } catch (IOException | SyncException e) {
            return Optional.empty();
        }
    }

    /** Lists a folder whose recursive listing was cut: its own children, then each sub-folder. */
    private void walk(HttpUrl endpoint, RepositoryId model, String revision, String folder, List<Entry> files)
            throws IOException, InterruptedException {
        FileList children = modelFolder(endpoint, model, revision, folder, false);
        if (children.count() >= SILENT_CAP) {
            throw new SyncException(
                    FailureKind.INCOMPATIBLE,
                    Endpoints.authority(endpoint) + ": " + model.words() + " has " + SILENT_CAP
                            + " or more files in the folder \""
                            + Printable.words(folder) + "/\", where the hub cuts its lists: it cannot be listed whole;"
                            + " its owner has to spread them over sub-folders");
        }
        files.addAll(children.files());
        for (String child : children.folders()) {
            FileList below = modelFolder(endpoint, model, revision, child, true);
            if (below.count() == SILENT_CAP) {
                walk(endpoint, model, revision, child, files);
            } else {
                files.addAll(below.files());
            }
        }
    }

    private FileList modelFolder(
            HttpUrl endpoint, RepositoryId model, String revision, String folder, boolean recursive)
            throws IOException, InterruptedException {
        HttpUrl.Builder url = repository(endpoint, model).addPathSegments("repo/files");
        query(url, "Revision", revision);
        query(url, "Recursive", recursive ? "True" : "False");
        if (!folder.isEmpty()) {
            query(url, "Root", folder);
        }
        FileList list = new FileList();
        list.filter(ask(endpoint, url, model, "revision " + revision, list::readData));
        requireComplete(list, endpoint, model);
        if (!recursive || !folder.isEmpty()) {
            requireInside(list, folder, recursive, endpoint, model);
        }
        return list;
    }

    /** A hub that ignores what we ask would send us round in circles, or make us list a file twice. */
    private static void requireInside(
            FileList list, String folder, boolean recursive, HttpUrl endpoint, RepositoryId model) throws IOException {
        String prefix = folder.isEmpty() ? "" : folder + "/";
        for (String path : list.paths()) {
            if (!path.startsWith(prefix) || (!recursive && path.indexOf('/', prefix.length()) >= 0)) {
                throw new IOException(
                        Endpoints.authority(endpoint) + ": asked for the folder \"" + Printable.words(folder) + "\" of "
                                + model.words() + ", the hub lists " + Printable.words(path));
            }
        }
    }

    private ServedFiles datasetFiles(HttpUrl endpoint, RepositoryId dataset, String revision)
            throws IOException, InterruptedException {
        String key = Endpoints.authority(endpoint) + " " + dataset.id();
        Long known = datasetIds.get(key);
        long id = known == null ? datasetId(endpoint, dataset) : known;
        boolean whole = false;
        try {
            ServedFiles files = datasetPages(endpoint, dataset, id, revision);
            whole = true;
            return files;
        } finally {
            if (whole) {
                datasetIds.put(key, id);
            } else {
                datasetIds.remove(key);
            }
        }
    }

    private ServedFiles datasetPages(HttpUrl endpoint, RepositoryId dataset, long id, String revision)
            throws IOException, InterruptedException {
        FileList page = datasetPage(endpoint, dataset, id, revision, 1);
        return page.count() < PAGE_SIZE
                ? page.served()
                : new ServedFiles(
                        unmoved(
                                endpoint,
                                dataset,
                                revision,
                                () -> allPages(endpoint, dataset, id, revision, page.filter())),
                        page.filter());
    }

    private List<Entry> allPages(HttpUrl endpoint, RepositoryId dataset, long id, String revision, String filter)
            throws IOException, InterruptedException {
        List<Entry> files = new ArrayList<>();
        List<String> folders = new ArrayList<>();
        PageBound bound = new PageBound(Endpoints.authority(endpoint) + ": " + dataset.words());
        String first = "";
        for (int number = 1; ; number++) {
            FileList page = datasetPage(endpoint, dataset, id, revision, number);
            if (!page.filter().equals(filter)) {
                throw new IOException(Endpoints.authority(endpoint) + ": what is served of " + dataset.words()
                        + " changed while it was listed");
            }
            String begin = page.paths().stream().findFirst().orElse("");
            if (number == 1) {
                first = begin;
            } else if (begin.equals(first)) {
                throw repeated(endpoint, dataset, begin);
            }
            files.addAll(page.files());
            folders.addAll(page.folders());
            if (page.count() < PAGE_SIZE) {
                requireDistinct(files, folders, endpoint, dataset);
                return files;
            }
            bound.passed(page.count());
        }
    }

    /** Sorted: a set of 270,000 paths would take ten times as much memory. */
    private static void requireDistinct(List<Entry> files, List<String> folders, HttpUrl endpoint, RepositoryId dataset)
            throws IOException {
        String[] sorted = folders.toArray(new String[files.size() + folders.size()]);
        for (int i = 0; i < files.size(); i++) {
            sorted[folders.size() + i] = files.get(i).path();
        }
        Arrays.sort(sorted);
        for (int i = 1; i < sorted.length; i++) {
            if (sorted[i].equals(sorted[i - 1])) {
                throw repeated(endpoint, dataset, sorted[i]);
            }
        }
    }

    private static IOException repeated(HttpUrl endpoint, RepositoryId dataset, String path) {
        return new IOException(Endpoints.authority(endpoint) + ": the pages of " + dataset.words() + " repeat "
                + Printable.words(path) + ": it changed while it was listed, or the hub ignores pages");
    }

    private long datasetId(HttpUrl endpoint, RepositoryId dataset) throws IOException, InterruptedException {
        DatasetId id = new DatasetId();
        ask(endpoint, repository(endpoint, dataset), dataset, "", id);
        return id.value()
                .orElseThrow(() -> new IOException(
                        Endpoints.authority(endpoint) + ": the answer about " + dataset.words() + " holds no Id"));
    }

    private FileList datasetPage(HttpUrl endpoint, RepositoryId dataset, long id, String revision, int number)
            throws IOException, InterruptedException {
        HttpUrl.Builder url = endpoint.newBuilder().addPathSegments("api/v1/datasets/" + id + "/repo/tree");
        query(url, "Revision", revision);
        query(url, "Root", "/");
        query(url, "Recursive", "True");
        query(url, "PageNumber", Integer.toString(number));
        query(url, "PageSize", Integer.toString(PAGE_SIZE));
        FileList page = new FileList();
        page.filter(ask(endpoint, url, dataset, "revision " + revision, page::readData));
        requireComplete(page, endpoint, dataset);
        return page;
    }

    /** When a model's branch or tag was made, in Unix seconds; empty where the hub does not tell. */
    OptionalLong createdAt(RepositoryId model, String revision) throws IOException, InterruptedException {
        return sites.ask(model, endpoint -> {
            RevisionDate date = new RevisionDate(revision);
            HttpUrl.Builder url = repository(endpoint, model).addPathSegment("revisions");
            ask(endpoint, url, model, "its revisions", date);
            return date.value();
        });
    }

    /** Opens a stretch of a file; see {@link Http#openRange}. */
    InputStream open(RepositoryId repository, String revision, Entry file, ByteRange range)
            throws IOException, InterruptedException {
        return refusals.ask(
                repository,
                () -> sites.ask(repository, endpoint -> {
                    HttpUrl.Builder url = repository(endpoint, repository).addPathSegment("repo");
                    if (repository.kind() == RepositoryId.Kind.MODEL) {
                        query(url, "Revision", revision);
                        query(url, "FilePath", file.path());
                    } else {
                        query(url, "Source", "SDK");
                        query(url, "Revision", revision);
                        query(url, "FilePath", file.path());
                        query(url, "View", "False");
                    }
                    try {
                        return http.openRange(HttpRequest.get(url.build()).with(credentials), file.size(), range);
                    } catch (StatusException e) {
                        throw refused(e, new ModelScopeRefusal(endpoint, repository, "file " + file.path(), options));
                    }
                }));
    }

    private static RuntimeException refused(StatusException e, ModelScopeRefusal refusal) throws IOException {
        if (e.status() == 416) {
            throw new MismatchException(e.getMessage() + ": the file became shorter than it was listed");
        }
        return refusal.of(e.status(), e.text());
    }

    /** @return what a mirror says that it left out; empty from a hub */
    private String ask(
            HttpUrl endpoint, HttpUrl.Builder url, RepositoryId repository, String what, Envelope.DataReader data)
            throws IOException, InterruptedException {
        ModelScopeRefusal refusal = new ModelScopeRefusal(endpoint, repository, what, options);
        try (HttpResponse answer = http.send(HttpRequest.get(url.build()).with(credentials))) {
            if (answer.status() != 200) {
                throw refusal.of(answer.status(), answer.text(LONGEST_REFUSAL));
            }
            Envelope envelope;
            try {
                envelope = Envelope.read(answer.body(), data);
            } catch (Envelope.PageException e) { // a proxy's for a while, or that of another server
                throw new IOException(refusal.elsewhere("HTTP 200 with a page"), e);
            } catch (IOException e) {
                throw new IOException(
                        Endpoints.authority(endpoint) + ": asked for " + repository.words() + ": " + e.getMessage(), e);
            }
            if (!envelope.succeeded()) {
                throw refusal.of(answer.status(), envelope);
            }
            return Filtered.filter(answer.header(Filtered.HEADER).orElse(""));
        }
    }

    private static void requireComplete(FileList list, HttpUrl endpoint, RepositoryId repository) throws IOException {
        if (!list.isComplete()) {
            throw new IOException(
                    Endpoints.authority(endpoint) + ": the answer about " + repository.words() + " holds no Files");
        }
    }

    private static HttpUrl.Builder repository(HttpUrl endpoint, RepositoryId repository) {
        return endpoint.newBuilder()
                .addPathSegments("api/v1")
                .addPathSegment(repository.kind().plural())
                .addPathSegment(repository.owner())
                .addPathSegment(repository.name());
    }

    /** Form-encoded as the hub's own client does it: blanks as {@code +}, slashes as {@code %2F}. */
    private static void query(HttpUrl.Builder url, String name, String value) {
        url.addEncodedQueryParameter(name, URLEncoder.encode(value, StandardCharsets.UTF_8));
    }
}
