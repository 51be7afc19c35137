using System.Net.Sockets;
using System.Text;

namespace Rekey.Local.Tests.FunctionsHost;

/// <summary>Sends a request line exactly as written; HttpClient would tidy it.</summary>
public static class RawHttp
{
    public static async Task<int> StatusAsync(Uri address, string method, string target, string body = "")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        var request = $"{method} {target} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        var status = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
        return int.Parse(status!.Split(' ')[1]);
    }
}
