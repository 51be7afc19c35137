using System.Net;
using System.Net.Sockets;
using Microsoft.Azure.Functions.Worker.Builder;

namespace Rekey.Local.Tests.Worker;

/// <summary>Listens where the worker is about to.</summary>
internal static class PortThief
{
    /// <param name="mark">A file that remembers that it was done.</param>
    public static TcpListener Take(string mark)
    {
        File.WriteAllText(mark, "");
        const string Provider = "Microsoft.Azure.Functions.Worker.Extensions.Http.AspNetCore.HttpUriProvider";
        var provider = typeof(FunctionsApplicationBuilderAspNetCoreExtensions).Assembly.GetType(Provider, throwOnError: true)!;
        var address = new Uri((string)provider.GetProperty("HttpUriString")!.GetValue(null)!);
        var listener = new TcpListener(IPAddress.Loopback, address.Port);
        listener.Start();
        return listener;
    }
}
