using System.Net;
using System.Net.Sockets;

namespace Rekey.Detections.Sweeps;

/// <summary>The network of an address: the first 24 bits of IPv4, the first 48 of IPv6.</summary>
public static class AddressNetwork
{
    /// <summary>Returns the network's name, or the text itself if it is not an address.</summary>
    public static string Of(string address)
    {
        if (!IPAddress.TryParse(address, out var ip))
        {
            return address;
        }

        var bytes = ip.GetAddressBytes();
        return ip.AddressFamily is AddressFamily.InterNetwork
            ? $"{bytes[0]}.{bytes[1]}.{bytes[2]}.0/24"
            : $"{new IPAddress([.. bytes.AsSpan(0, 6), .. new byte[10]])}/48";
    }
}
