using System.Text;
using System.Text.Json;
using Rekey.Cli.Tests.Operators;
using Rekey.Cli.Tests.Support;

namespace Rekey.Cli.Tests.Ledgers;

/// <summary><c>rekey ledger export</c>: whatever ends it, half an export does not verify, and the next run continues it.</summary>
public sealed class LedgerDownloadTests
{
    private const string First = "ledger/00000001.ndjson";
    private const string Second = "ledger/00000002.ndjson";

    [Fact]
    public async Task An_export_is_what_the_server_has_and_verifies()
    {
        using var ledger = await ExportFolder.MakeAsync();
        await using var stub = await ServeAsync(ledger);
        using var folder = new TemporaryFolder();
        var run = (await stub.RunAsync("ledger", "export", folder["export"], "--output", "json", "--quiet")).Ended(0);
        Same(ledger, folder);
        var said = JsonDocument.Parse(run.Output).RootElement;
        Assert.Equal(2, said.GetProperty("checkpoints").GetInt32());
        Assert.Equal(ledger.Files().Length - 2, said.GetProperty("segments").GetInt32());
        Assert.Contains("rekey ledger verify", run.Error, StringComparison.Ordinal);
        (await VerifyAsync(ledger, folder)).Ended(0);

        // Once more: nothing is new, and nothing changes.
        run = (await stub.RunAsync("ledger", "export", folder["export"], "-o", "json", "--quiet")).Ended(0);
        Assert.Equal(0, JsonDocument.Parse(run.Output).RootElement.GetProperty("newBytes").GetInt64());
        Same(ledger, folder);
    }

    [Fact]
    public async Task An_interrupted_export_does_not_verify_and_is_continued_where_it_ended()
    {
        using var ledger = await ExportFolder.MakeAsync();
        await using var stub = await ServeAsync(ledger);
        using var folder = new TemporaryFolder();

        // The server gives half of the first segment, and then nothing any more.
        var bytes = await File.ReadAllBytesAsync(ledger[First], TestContext.Current.CancellationToken);
        var half = bytes.AsSpan(0, bytes.AsSpan(0, bytes.Length - 1).LastIndexOf((byte)'\n') + 1).ToArray();
        stub.On("GET /ledger/segments/1?offset=0", Encoding.UTF8.GetString(half));
        stub.Refuse($"GET /ledger/segments/1?offset={half.Length - 512}", 500, "internal", "It failed.");
        (await stub.RunAsync("ledger", "export", folder["export"])).Ended(1);

        // What is there are whole lines and good checkpoints; it is no ledger all the same.
        Assert.Equal(half.Length, new FileInfo(folder[["export", .. First.Split('/')]]).Length);
        Assert.Contains("was not finished", (await VerifyAsync(ledger, folder)).Ended(1).Error, StringComparison.Ordinal);

        Serve(stub, 1, half.Length - 512, bytes[(half.Length - 512)..]);
        (await stub.RunAsync("ledger", "export", folder["export"])).Ended(0);
        Same(ledger, folder);
        (await VerifyAsync(ledger, folder)).Ended(0);
        Assert.Single(stub.Requests, r => r.Line == "GET /ledger/segments/1?offset=0");
    }

    [Fact]
    public async Task A_folder_of_another_ledger_is_not_continued()
    {
        using var ledger = await ExportFolder.MakeAsync();
        await using var stub = await ServeAsync(ledger);
        using var folder = new TemporaryFolder();
        (await stub.RunAsync("ledger", "export", folder["export"])).Ended(0);
        var path = folder[["export", .. Second.Split('/')]];
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);
        Assert.Contains(
            "another ledger",
            (await stub.RunAsync("ledger", "export", folder["export"])).Ended(1).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(bytes, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));

        // A file that is longer than the segment is not of this ledger either.
        stub.Refuse($"GET /ledger/segments/2?offset={bytes.Length - 512}", 400, "bad-offset", "The segment has fewer bytes.");
        Assert.Contains(
            "another ledger",
            (await stub.RunAsync("ledger", "export", folder["export"])).Ended(1).Error,
            StringComparison.Ordinal
        );
        folder.Write("mine/notes.txt", "mine");
        Assert.Contains(
            "none of an export",
            (await stub.RunAsync("ledger", "export", folder["mine"])).Ended(1).Error,
            StringComparison.Ordinal
        );
    }

    /// <summary>A blob's name comes from anybody who can write to the container.</summary>
    [Fact]
    public async Task A_planted_name_leads_to_no_file_outside_of_the_folder()
    {
        using var ledger = await ExportFolder.MakeAsync();
        await using var stub = await ServeAsync(ledger, ("accepted-../../planted.jwt", "x"), ("../0.jwt", "y"), ("accepted-.jwt", "z"));
        using var folder = new TemporaryFolder();
        var run = (await stub.RunAsync("ledger", "export", folder["export"])).Ended(0);
        Assert.Equal(3, run.Error.Split("was not exported").Length - 1);
        Same(ledger, folder);
    }

    [Fact]
    public async Task A_server_is_verified_like_a_folder_and_nothing_stays_behind()
    {
        using var ledger = await ExportFolder.MakeAsync();
        await using var stub = await ServeAsync(ledger);
        using var folder = new TemporaryFolder();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["TMPDIR"] = folder.Path, ["TMP"] = folder.Path };
        var run = await stub.RunBareAsync(environment, "ledger", "verify", "--server", "local", "--key", ledger.Key);
        Assert.Contains("The ledger holds.", run.Ended(0).Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(folder.Path, "rekey-*"));

        // A line that was written anew.
        var bytes = await File.ReadAllBytesAsync(ledger[First], TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("person/1"u8) + 7] = (byte)'9';
        Serve(stub, 1, 0, bytes);
        Serve(stub, 1, bytes.Length - 512, bytes[^512..]);
        run = (await stub.RunAsync("ledger", "verify", "--key", ledger.Key)).Ended(2);
        Assert.Contains(First, run.Output, StringComparison.Ordinal);

        // A folder and a server, or neither.
        Assert.Contains(
            "Give a folder",
            (await stub.RunAsync("ledger", "verify", ledger.Path, "--key", ledger.Key)).Ended(1).Error,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "Give a folder",
            (await Tool.RunAsync("ledger", "verify", "--key", ledger.Key)).Ended(1).Error,
            StringComparison.Ordinal
        );
    }

    private static Task<ToolRun> VerifyAsync(ExportFolder ledger, TemporaryFolder folder) =>
        Tool.RunAsync("ledger", "verify", folder["export"], "--key", ledger.Key);

    /// <summary>A server with this ledger.</summary>
    private static async Task<StubRekey> ServeAsync(ExportFolder ledger, params (string Name, string Document)[] planted)
    {
        var stub = await StubRekey.StartAsync();
        var checkpoints = ledger
            .Files()
            .Where(f => f.EndsWith(".jwt", StringComparison.Ordinal))
            .Select(f => (Name: Path.GetFileName(f), Document: File.ReadAllText(f)))
            .Concat(planted)
            .Select(c => new { name = c.Name, document = c.Document });
        stub.On("GET /ledger/checkpoints", JsonSerializer.Serialize(new { checkpoints, next = (string?)null }));
        var segments = ledger.Files().Where(f => f.EndsWith(".ndjson", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToList();
        foreach (var (index, file) in segments.Index())
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Serve(stub, index + 1, 0, bytes);
            Serve(stub, index + 1, Math.Max(0, bytes.Length - 512), bytes[Math.Max(0, bytes.Length - 512)..]);
        }

        stub.Refuse($"GET /ledger/segments/{segments.Count + 1}", 404, "unknown-segment", "There is no such segment.");
        return stub;
    }

    private static void Serve(StubRekey stub, int segment, int offset, byte[] bytes) =>
        stub.On($"GET /ledger/segments/{segment}?offset={offset}", Encoding.UTF8.GetString(bytes));

    private static void Same(ExportFolder ledger, TemporaryFolder folder)
    {
        Assert.Equal(Names(ledger.Path), Names(folder["export"]));
        foreach (var file in Names(ledger.Path))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(ledger.Path, file)), File.ReadAllBytes(Path.Combine(folder["export"], file)));
        }

        static IEnumerable<string> Names(string below) =>
            Directory.EnumerateFiles(below, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(below, f)).Order();
    }
}
