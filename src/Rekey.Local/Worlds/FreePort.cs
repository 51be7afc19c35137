using System.Net;
using System.Net.Sockets;

namespace Rekey.Local.Worlds;

/// <summary>
/// A free port for a program that must know its address before it listens, or listens there again. On Linux it stays reserved until
/// dispose: a socket that is bound but does not listen keeps it from callers that ask for any free port, not from one that asks for this
/// port.
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
            // On other systems the bound socket would keep the program itself from the port.
            held.Dispose();
        }
    }

    public int Number { get; }

    public static FreePort Take() => new();

    public void Dispose() => held.Dispose();
}
