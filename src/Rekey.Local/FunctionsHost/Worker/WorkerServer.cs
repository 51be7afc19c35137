using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rekey.Local.FunctionsHost.Worker;

/// <summary>The server that workers connect to: gRPC over plain HTTP/2 on a free port of the loopback address.</summary>
internal sealed class WorkerServer : IAsyncDisposable
{
    /// <summary>The largest message, in bytes: the limit that the real host gives its workers.</summary>
    public const int MaxMessage = int.MaxValue;

    private readonly ConcurrentDictionary<string, WorkerChannel> expected = new(StringComparer.Ordinal);
    private WebApplication? web;

    private WorkerServer() { }

    public int Port => new Uri(web!.Urls.Single()).Port;

    public static async Task<WorkerServer> StartAsync(CancellationToken cancellationToken)
    {
        var server = new WorkerServer();
        // An empty builder: it must not listen where ASPNETCORE_URLS of the environment says.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.Limits.MinRequestBodyDataRate = null;
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            });
        builder.Services.AddRouting();
        builder.Services.AddSingleton(server);
        builder.Services.AddGrpc(grpc => (grpc.MaxReceiveMessageSize, grpc.MaxSendMessageSize) = (MaxMessage, MaxMessage));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        server.web = builder.Build();
        server.web.MapGrpcService<FunctionRpcService>();
        await server.web.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Lets the worker of that id connect, once.</summary>
    public void Expect(string workerId, WorkerChannel channel) => expected[workerId] = channel;

    public WorkerChannel? Take(string workerId) => expected.TryRemove(workerId, out var channel) ? channel : null;

    public async ValueTask DisposeAsync()
    {
        if (web is not null)
        {
            await web.DisposeAsync();
        }
    }
}
