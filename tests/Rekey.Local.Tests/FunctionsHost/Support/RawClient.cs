using System.Net.Sockets;
using System.Text;

namespace Rekey.Local.Tests.FunctionsHost.Support;

/// <summary>A client that sends exactly what it is given; HttpClient would tidy it.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly TcpClient client = new();
    private readonly StringBuilder received = new();

    public static async Task<RawClient> ConnectAsync(Uri address)
    {
        var raw = new RawClient();
        await raw.client.ConnectAsync(address.Host, address.Port, TestContext.Current.CancellationToken);
        return raw;
    }

    /// <summary>Sends a request and gives the whole answer.</summary>
    public static async Task<string> ExchangeAsync(Uri address, string request)
    {
        using var raw = await ConnectAsync(address);
        await raw.SendAsync(request);
        return await raw.ReadToEndAsync();
    }

    public async Task SendAsync(string text) =>
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    public async Task SendAsync(byte piece, long count)
    {
        var bytes = new byte[1 << 20];
        Array.Fill(bytes, piece);
        try
        {
            for (; count > 0; count -= bytes.Length)
            {
                await client
                    .GetStream()
                    .WriteAsync(bytes.AsMemory(0, (int)Math.Min(bytes.Length, count)), TestContext.Current.CancellationToken);
            }
        }
        catch (IOException)
        {
            // The host need not take all of what it refuses.
        }
    }

    /// <summary>Until the host closes the connection, or the answer's last chunk where it keeps it.</summary>
    public async Task<string> ReadToEndAsync()
    {
        await ReadUntilAsync(text =>
            text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal) && !text.Contains("Connection: close", StringComparison.Ordinal)
        );
        return received.ToString();
    }

    /// <summary>Until what has come is as wanted, or the connection ends.</summary>
    public async Task<string> ReadUntilAsync(Func<string, bool> wanted)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        var buffer = new byte[65536];
        while (!wanted(received.ToString()))
        {
            var read = await client.GetStream().ReadAsync(buffer, patience.Token);
            if (read == 0)
            {
                break;
            }

            received.Append(Encoding.UTF8.GetString(buffer, 0, read));
        }

        return received.ToString();
    }

    /// <summary>Hangs up with a reset.</summary>
    public void Abort()
    {
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
    }

    public void Dispose() => client.Dispose();
}
