using System.Net;
using System.Net.Sockets;

namespace Rekey.Local.Worlds;

/// <summary>
/// A port that was free, for what must know its address before it listens, or comes back to it. On Linux it is kept until dispose: a
/// socket that is bound to it and does not listen keeps it from all who ask for a free port, and from none who asks for this one.
/// </summary>
internal sealed class FreePort : IDisposable
{
    private readonly Socket held = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private FreePort()
    {
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Number = ((IPEndPoint)held.LocalEndPoint!).Port;
        if (!OperatingSystem.IsLinux())
        {
            // Elsewhere nobody else could listen there.
            held.Dispose();
        }
    }

    public int Number { get; }

    public static FreePort Take() => new();

    public void Dispose() => held.Dispose();
}
