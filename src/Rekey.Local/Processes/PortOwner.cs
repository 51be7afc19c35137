using System.Globalization;
using System.Net.Sockets;

namespace Rekey.Local.Processes;

/// <summary>
/// Checks that a process listens on its announced port. A program that chooses a free port and listens later may find it taken, and then
/// another program answers there.
/// </summary>
internal static class PortOwner
{
    private const string ListeningState = "0A";

    /// <summary>
    /// Whether the process listens on that port of this machine. Where there is no <c>/proc</c>, or the process is another user's,
    /// whether anything does.
    /// </summary>
    public static Task<bool> ListensAsync(int pid, Uri address) =>
        OperatingSystem.IsLinux() ? Task.FromResult(ListensOnLinux(pid, address.Port)) : AnswersAsync(address);

    private static bool ListensOnLinux(int pid, int port)
    {
        var sockets = Listening("/proc/net/tcp", port).Concat(Listening("/proc/net/tcp6", port)).ToHashSet(StringComparer.Ordinal);
        return sockets.Count > 0 && Holds(pid, sockets);
    }

    /// <summary>The sockets that listen on that port, as the links in <c>/proc/(id)/fd</c> name them.</summary>
    private static IEnumerable<string> Listening(string table, int port)
    {
        if (!File.Exists(table))
        {
            // Without IPv6 there is no table of it.
            return [];
        }

        var end = string.Create(CultureInfo.InvariantCulture, $":{port:X4}");
        return File.ReadLines(table)
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == ListeningState && fields[1].EndsWith(end, StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]");
    }

    private static bool Holds(int pid, HashSet<string> sockets)
    {
        try
        {
            return Directory
                .EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/fd"))
                .Any(file => new FileInfo(file).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (IOException)
        {
            // The process has ended or just closed a file; the next check decides.
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(Uri address)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(address.Host, address.Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
