using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Rekey.EndToEnd.Tests.Support;
using Rekey.Local.Worlds;

namespace Rekey.EndToEnd.Tests.Flows;

/// <summary>
/// The replay as a visitor runs it: it holds, stays up with its addresses printed, obeys its owner alone, and Ctrl+C ends it and all that
/// it started. Its exit code says when something does not hold. Each start plays everything, so one start serves all.
/// </summary>
public sealed partial class ReplayTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_replay_holds_stays_up_for_its_owner_and_leaves_nothing_behind()
    {
        using var replay = await StandingReplay.StartAsync();
        AssertHolds(string.Join('\n', replay.Lines));
        await AssertAnswersAsync(replay);
        await AssertOnlyItsOwnerCommandsItAsync(replay);

        // The app, Azurite and the processes that watch them are processes of their own.
        var started = Descendants(replay.Id);
        Assert.True(started.Count >= 2, $"It has started {started.Count} processes.");
        var (folder, rekey, state) = (replay.Folder, replay.AddressOf("Rekey"), await File.ReadAllTextAsync(replay.StateFile, Cancel));
        Assert.True(Directory.Exists(folder), folder);

        // Ended, and nothing is left of it.
        await replay.EndAsync();
        Assert.DoesNotContain(started, IsAlive);
        Assert.False(Directory.Exists(folder), folder);
        Assert.False(File.Exists(replay.StateFile));
        await Assert.ThrowsAsync<SocketException>(() => new TcpClient().ConnectAsync(rekey.Host, rekey.Port, Cancel).AsTask());

        // A company that could not delete its file has ended all the same.
        await File.WriteAllTextAsync(replay.StateFile, state, Cancel);
        var (stale, words) = await Programs.PasteAsync(CommandOf(replay) + "disable alice");
        Assert.Equal(1, stale);
        Assert.Contains("has ended", words, StringComparison.Ordinal);
        Assert.Contains("dotnet run --project src/Rekey.Local", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_replay_fails_with_an_app_that_turns_honest_people_away()
    {
        var broken = Directory.CreateTempSubdirectory("rekey-broken-app-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(FunctionApp.BuiltFolder, "*", SearchOption.AllDirectories))
            {
                var copy = Path.Combine(broken.FullName, Path.GetRelativePath(FunctionApp.BuiltFolder, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            await File.WriteAllTextAsync(
                Path.Combine(broken.FullName, "appsettings.json"),
                """{"Rekey":{"Trust":{"MaxTokenLifetime":"00:10:00"}}}""",
                Cancel
            );
            var (exit, output) = await Programs.RunAsync(Programs.Replay, "--exit", "--app", broken.FullName);
            Assert.True(exit == 1, output);
            Assert.Contains("expectations did not hold", output, StringComparison.Ordinal);
            Assert.Contains("FAILED", output, StringComparison.Ordinal);
        }
        finally
        {
            broken.Delete(recursive: true);
        }
    }

    private static void AssertHolds(string output)
    {
        Assert.Matches("All [0-9]+ expectations held", output);
        Assert.DoesNotContain("FAILED", output, StringComparison.Ordinal);

        // One clock: every time is that since the start.
        var times = Time().Matches(output).Select(m => double.Parse(m.Groups["seconds"].Value, CultureInfo.InvariantCulture)).ToList();
        Assert.True(times.Count > 30, output);
        Assert.Equal(times.Order(), times);
        Assert.DoesNotMatch("(?m)^ *\\+[0-9]", output);
    }

    private static async Task AssertAnswersAsync(StandingReplay replay)
    {
        var rekey = replay.AddressOf("Rekey");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        Assert.Contains("\"healthy\"", await http.GetStringAsync(new Uri(rekey, "healthz"), Cancel), StringComparison.Ordinal);
        Assert.Contains("\"kid\"", await http.GetStringAsync(replay.AddressOf("JWKS of 'shop'"), Cancel), StringComparison.Ordinal);
        using var refused = await http.GetAsync(new Uri(rekey, "decisions"), Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static async Task AssertOnlyItsOwnerCommandsItAsync(StandingReplay replay)
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(replay.StateFile));
        }

        var text = await File.ReadAllTextAsync(replay.StateFile, Cancel);
        var state = JsonDocument.Parse(text).RootElement;
        var admin = new Uri(state.GetProperty("adminEndpoint").GetString()!);
        Assert.True(admin.IsLoopback);
        using var http = new HttpClient();
        foreach (var secret in new[] { null, "Bearer wrong", state.GetProperty("adminSecret").GetString() })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(admin, "disable/alice"));
            request.Headers.TryAddWithoutValidation("Authorization", secret);
            using var refused = await http.SendAsync(request, Cancel);
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        var rekey = CommandOf(replay);
        foreach (
            var (command, expected) in new[]
            {
                ("disable dave", "Custodians of keys: alice, bob."),
                ("forge nothing", "Keys: shop, partners, loyalty."),
                ("token boss", "Clients: operator, approver, approver2, gateway, reader."),
            }
        )
        {
            var (exit, output) = await Programs.PasteAsync(rekey + command);
            Assert.Equal(1, exit);
            Assert.Contains(expected, output, StringComparison.Ordinal);
        }

        Assert.Equal(0, (await Programs.PasteAsync(rekey + "disable bob@contoso.example")).Exit);
        Assert.Contains("disabled already", (await Programs.PasteAsync(rekey + "disable bob")).Output, StringComparison.Ordinal);
    }

    /// <summary>The beginning of each printed command for the company on this machine.</summary>
    private static string CommandOf(StandingReplay replay) =>
        replay.Lines.Single(l => l.EndsWith(" local reset", StringComparison.Ordinal)).Trim()[..^"reset".Length];

    /// <summary>Children, and theirs, each with the time at which it started: an id alone may be given to another process.</summary>
    private static List<(int Id, string StartedAt)> Descendants(int id)
    {
        var all = Directory
            .EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), out var at) ? Look(at) : null)
            .OfType<(int Id, int Parent, string StartedAt)>()
            .ToLookup(p => p.Parent);
        return [.. Below(id)];

        IEnumerable<(int, string)> Below(int parent) => all[parent].SelectMany(p => Below(p.Id).Prepend((p.Id, p.StartedAt)));
    }

    private static bool IsAlive((int Id, string StartedAt) process) => Look(process.Id) is { } now && now.StartedAt == process.StartedAt;

    /// <summary>proc(5): after the name, which may hold anything, state is field 3, the parent 4, the start time 22. A zombie has
    /// ended.</summary>
    private static (int Id, int Parent, string StartedAt)? Look(int id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] is "Z" ? null : (id, int.Parse(fields[1], System.Globalization.CultureInfo.InvariantCulture), fields[19]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    [GeneratedRegex(
        "^ *(?<seconds>[0-9]+\\.[0-9]) s (ok|-) ",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking
    )]
    private static partial Regex Time();
}
