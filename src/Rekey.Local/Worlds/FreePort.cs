using System.Net;
using System.Net.Sockets;

namespace Rekey.Local.Worlds;

/// <summary>Finds a port that is free now, for what must know its address before it listens.</summary>
internal static class FreePort
{
    public static int Take()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
