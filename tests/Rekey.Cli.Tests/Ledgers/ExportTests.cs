using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Rekey.Cli.Tests.Support;
using Rekey.Compliance;
using Rekey.Ledgers;
using Rekey.Tests.Doubles.Storage;

namespace Rekey.Cli.Tests.Ledgers;

/// <summary><c>rekey ledger verify</c>: an export that holds, and every way in which one does not.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task A_good_export_ends_with_0_and_the_result_names_what_is_proven_by_which_key()
    {
        using var export = await ExportFolder.MakeAsync();
        var result = await export.VerifyAsync();
        var run = (await export.RunAsync("--thumbprint", export.Signer.Public.Thumbprint, "--quiet")).Ended(0);
        Assert.Empty(run.Error);
        Assert.Contains("The ledger holds.", run.Output, StringComparison.Ordinal);
        Assert.Contains($"lines 1 to {result.Lines}, signed 2026-03-01 08:50:00 UTC", run.Output, StringComparison.Ordinal);
        Assert.Contains(export.Signer.Public.Thumbprint, run.Output, StringComparison.Ordinal);
        Assert.Contains(result.Hash, run.Output, StringComparison.Ordinal);

        // Two files, and the one in a line.
        Assert.Equal((3, "prod", result.Lines), (result.Checkpoints, result.Environment, result.ProvenLines));
        Assert.Contains("lines verified.", (await export.RunAsync()).Ended(0).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_and_ndjson_have_the_result_and_each_defect()
    {
        using var export = await ExportFolder.MakeAsync();
        using var good = JsonDocument.Parse((await export.RunAsync("--output", "json")).Ended(0).Output);
        Assert.True(good.RootElement.GetProperty("isGood").GetBoolean());
        Assert.Equal("prod", good.RootElement.GetProperty("environment").GetString());
        Assert.Equal(0, good.RootElement.GetProperty("defects").GetArrayLength());

        export.Edit("ledger/00000002.ndjson", l => [l[0], l[2], l[1], .. l[3..]]);
        using var bad = JsonDocument.Parse((await export.RunAsync("--output", "json")).Ended(2).Output);
        var defect = Assert.Single(bad.RootElement.GetProperty("defects").EnumerateArray());
        Assert.Equal("ledger/00000002.ndjson", defect.GetProperty("file").GetString());
        Assert.Equal(2, defect.GetProperty("line").GetInt64());
        var lines = (await export.RunAsync("--output", "ndjson")).Ended(2).Output.TrimEnd('\n').Split('\n');
        Assert.Equal(["defect", "result"], lines.Select(l => JsonDocument.Parse(l).RootElement.GetProperty("type").GetString()));
    }

    /// <summary>The property: if any byte of any file is changed, the export is bad, and a file is named.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(0x20)]
    [InlineData(0x80)]
    public async Task Any_byte_that_was_changed_is_found(byte change)
    {
        using var export = await ExportFolder.MakeAsync();
        foreach (var file in export.Files())
        {
            var bytes = await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
            for (var at = 0; at < bytes.Length; at++)
            {
                bytes[at] ^= change;
                await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
                Assert.False((await export.VerifyAsync()).IsGood, $"{file}, byte {at}");
                bytes[at] ^= change;
            }

            await File.WriteAllBytesAsync(file, bytes, TestContext.Current.CancellationToken);
        }

        Assert.True((await export.VerifyAsync()).IsGood);
    }

    /// <summary>
    /// Two approvers accepted a ledger that was cut: the export holds, and says that lines are lost. No other acceptance counts.
    /// </summary>
    [Fact]
    public async Task An_accepted_ledger_holds_and_the_result_says_that_lines_are_lost()
    {
        using var export = await ExportFolder.MakeAsync();
        var whole = await export.VerifyAsync();
        export.Edit("ledger/00000003.ndjson", l => l[..^1]);
        var left = await export.VerifyAsync();
        Assert.False(left.IsGood);
        var seen = new LedgerMark(left.Lines, left.Hash);

        // Signed before the checkpoint, by another key, or for another line: it voids nothing.
        var after = whole.ProvenAt!.Value.AddHours(1);
        foreach (
            var forge in new Func<Task>[]
            {
                () => export.AcceptAsync(seen, whole.ProvenAt.Value.AddMinutes(-1)),
                () => export.AcceptAsync(seen, after, new DocumentSigner()),
                () => export.AcceptAsync(seen with { Hash = new('a', 64) }, after),
                () => export.AcceptAsync(seen with { Count = whole.Lines + 1 }, after),
            }
        )
        {
            await forge();
            Assert.False((await export.VerifyAsync()).IsGood);
        }

        await export.AcceptAsync(seen, after);
        var accepted = await export.VerifyAsync();
        Assert.True(accepted.IsGood);
        Assert.Equal((seen.Count, seen.Count), (accepted.Lines, accepted.ProvenLines));
        Assert.Equal([seen.Count], accepted.Acceptances.Select(a => a.Lines));
        Assert.Contains("lost", (await export.RunAsync("--quiet")).Ended(0).Output, StringComparison.Ordinal);
        using var json = JsonDocument.Parse((await export.RunAsync("--output", "json")).Ended(0).Output);
        Assert.Equal("xRk3", json.RootElement.GetProperty("acceptances")[0].GetProperty("decision").GetString());
    }

    /// <summary>Each edit of each line of each segment is found, at that line or at the one after it.</summary>
    [Fact]
    public async Task A_line_that_was_removed_doubled_or_swapped_is_found_where_it_was()
    {
        using var export = await ExportFolder.MakeAsync();
        foreach (var file in export.Files().Where(f => f.EndsWith(".ndjson", StringComparison.Ordinal)))
        {
            var name = $"ledger/{Path.GetFileName(file)}";
            var whole = await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken);
            var count = whole.Count(c => c == '\n');
            for (var n = 0; n < count; n++)
            {
                await HoldsNotAsync(l => [.. l[..n], .. l[(n + 1)..]], isLast: n == count - 1);
                await HoldsNotAsync(l => [.. l[..(n + 1)], .. l[n..]], isLast: false);
                if (n + 1 < count)
                {
                    await HoldsNotAsync(l => [.. l[..n], l[n + 1], l[n], .. l[(n + 2)..]], isLast: false);
                }

                async Task HoldsNotAsync(Func<List<string>, IEnumerable<string>> edit, bool isLast)
                {
                    export.Edit(name, edit);
                    var defect = (await export.VerifyAsync()).Defects[0];
                    Assert.Equal(name, defect.File);
                    Assert.InRange(defect.Line!.Value, n + 1, isLast ? n + 1 : n + 2);
                    await File.WriteAllTextAsync(file, whole);
                }
            }
        }
    }

    [Fact]
    public async Task A_ledger_that_was_cut_at_its_end_is_found_by_the_checkpoint_ahead()
    {
        using var export = await ExportFolder.MakeAsync();
        var last = export.Files().Where(f => f.EndsWith(".ndjson", StringComparison.Ordinal)).Max()!;
        export.Edit($"ledger/{Path.GetFileName(last)}", l => l[..^1]);
        var run = (await export.RunAsync("--quiet")).Ended(2);
        Assert.Contains("lines were cut off", run.Output, StringComparison.Ordinal);

        File.Delete(last);
        Assert.Contains("lines were cut off", (await export.RunAsync("--quiet")).Ended(2).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00000001.ndjson", "missing or empty")]
    [InlineData("00000002.ndjson", "missing or empty")]
    public async Task A_segment_that_is_missing_is_named(string file, string wrong)
    {
        using var export = await ExportFolder.MakeAsync();
        File.Delete(export[$"ledger/{file}"]);
        var defect = (await export.VerifyAsync()).Defects[0];
        Assert.Equal($"ledger/{file}", defect.File);
        Assert.Contains(wrong, defect.Wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_that_was_written_anew_and_chains_is_found_by_the_checkpoints_and_so_is_one_without_any()
    {
        using var export = await ExportFolder.MakeAsync();
        using var other = await ExportFolder.MakeAsync();

        // 1. The other company's lines chain, and the checkpoint in a line was signed by a key of its own.
        foreach (var file in other.Files().Where(f => f.EndsWith(".ndjson", StringComparison.Ordinal)))
        {
            File.Copy(file, export[$"ledger/{Path.GetFileName(file)}"], overwrite: true);
        }

        Assert.False((await export.VerifyAsync()).IsGood);

        // 2. Neither do lines that chain without any checkpoint.
        foreach (var file in export.Files().Where(f => f.EndsWith(".jwt", StringComparison.Ordinal)))
        {
            File.Delete(file);
        }

        export.Edit("ledger/00000001.ndjson", l => l.Take(2));
        File.Delete(export["ledger/00000002.ndjson"]);
        File.Delete(export["ledger/00000003.ndjson"]);
        var defect = Assert.Single((await export.VerifyAsync()).Defects);
        Assert.Contains("There is no checkpoint", defect.Wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_environment_or_another_hash_is_a_defect()
    {
        using var export = await ExportFolder.MakeAsync();
        var result = await export.VerifyAsync();
        await export.SignAsync(new LedgerHead(result.Lines, result.Hash), new FakeTimeProvider(), "test");
        Assert.Contains("environment 'test'", Assert.Single((await export.VerifyAsync()).Defects).Wrong, StringComparison.Ordinal);
        await export.SignAsync(new LedgerHead(result.Lines, new string('a', 64)), new FakeTimeProvider());
        var defect = Assert.Single((await export.VerifyAsync()).Defects);
        Assert.Equal($"checkpoints/{CheckpointName.Of(result.Lines)}", defect.File);
        Assert.Contains("is not the one that was checkpointed", defect.Wrong, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_refuses_every_checkpoint_and_says_so()
    {
        using var export = await ExportFolder.MakeAsync();
        using var wrong = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllTextAsync(export.Key, wrong.ExportSubjectPublicKeyInfoPem(), TestContext.Current.CancellationToken);
        var run = (await export.RunAsync("--quiet")).Ended(2);
        Assert.Contains("the key is probably not the one that signs checkpoints", Joined(run.Output), StringComparison.Ordinal);

        // With the pinned thumbprint the key file itself is refused: nothing was read.
        var pinned = (await export.RunAsync("--quiet", "--thumbprint", export.Signer.Public.Thumbprint)).Ended(1);
        Assert.Contains("is pinned", pinned.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_ends_with_2_and_says_what_to_do()
    {
        using var export = await ExportFolder.MakeAsync();
        using var folder = new TemporaryFolder();
        await RefusedAsync("There is no folder", folder["nosuch"], "--key", export.Key);
        await RefusedAsync("There is no folder", folder.Path, "--key", export.Key);
        Directory.CreateDirectory(folder["ledger"]);
        await RefusedAsync("has no segment", folder.Path, "--key", export.Key);
        await RefusedAsync("no public key in PEM", export.Path, "--key", folder.Write("key.pem", "no key"));
        await RefusedAsync("nosuch.pem", export.Path, "--key", folder["nosuch.pem"]);
        await RefusedAsync("--key", export.Path);
        await RefusedAsync("'--kye' is not an option", export.Path, "--key", export.Key, "--kye");

        // A folder where a file should be cannot be read, not by root either.
        File.Delete(export["ledger/00000002.ndjson"]);
        Directory.CreateDirectory(export["ledger/00000002.ndjson"]);
        await RefusedAsync("00000002.ndjson' cannot be read", export.Path, "--key", export.Key);

        static async Task RefusedAsync(string words, params string[] arguments)
        {
            var run = (await Tool.RunAsync(["ledger", "verify", .. arguments, "--quiet"])).Ended(1);
            Assert.Contains(words, run.Error, StringComparison.Ordinal);
            Assert.Empty(run.Output);
        }
    }

    [Fact]
    public async Task A_result_never_replaces_a_file_of_the_export()
    {
        using var export = await ExportFolder.MakeAsync();
        var target = export["ledger/00000001.ndjson"];
        var before = await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken);
        (await export.RunAsync("--out-file", target)).Ended(1);
        Assert.Equal(before, await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
    }

    private static string Joined(string text) => string.Join(' ', text.Split((char[])['\n', ' '], StringSplitOptions.RemoveEmptyEntries));
}
