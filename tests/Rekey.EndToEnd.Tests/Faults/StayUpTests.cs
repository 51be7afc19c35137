using System.Net;
using System.Net.Sockets;
using Rekey.EndToEnd.Tests.Support;

namespace Rekey.EndToEnd.Tests.Faults;

/// <summary>The replay without <c>--exit</c>: it stays up with its addresses printed, and Ctrl+C ends it and all that it started.</summary>
public sealed class StayUpTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_until_it_is_interrupted_and_leaves_nothing_behind()
    {
        // 1. Up, with its addresses.
        using var replay = await StandingReplay.StartAsync();
        var (rekey, jwks) = (replay.AddressOf("Rekey"), replay.AddressOf("JWKS of 'shop'"));
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        Assert.Contains("\"healthy\"", await http.GetStringAsync(new Uri(rekey, "healthz"), Cancel), StringComparison.Ordinal);
        Assert.Contains("\"kid\"", await http.GetStringAsync(jwks, Cancel), StringComparison.Ordinal);
        using (var refused = await http.GetAsync(new Uri(rekey, "decisions"), Cancel))
        {
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        // 2. The app, Azurite and the processes that watch them are processes of their own.
        var started = Descendants(replay.Id);
        Assert.True(started.Count >= 2, $"It has started {started.Count} processes.");
        var folder = replay.Folder;
        Assert.True(Directory.Exists(folder) && File.Exists(replay.StateFile));

        // 3. Ended, and nothing is left of it.
        await replay.EndAsync();
        Assert.DoesNotContain(started, IsAlive);
        Assert.False(Directory.Exists(folder), folder);
        Assert.False(File.Exists(replay.StateFile));
        await Assert.ThrowsAsync<SocketException>(() => new TcpClient().ConnectAsync(rekey.Host, rekey.Port, Cancel).AsTask());
    }

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
}
