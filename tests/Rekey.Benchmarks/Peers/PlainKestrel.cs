using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Rekey.Benchmarks.Peers;

/// <summary>Kestrel that reads the body and answers so many bytes: what any endpoint on it costs at the least. <c>GET /</c> answers
/// <c>ok</c>.</summary>
internal static class PlainKestrel
{
    public const string Command = "serve-plain";

    /// <summary>As long as Rekey's own reply.</summary>
    private static readonly byte[] Reply = Encoding.ASCII.GetBytes($$"""{"active":true,"padding":"{{new string('x', 330)}}"}""");

    public static Task<Peer> StartAsync(CancellationToken cancellationToken) =>
        Peer.StartAsync(
            Environment.ProcessPath!,
            [Command],
            AppContext.BaseDirectory,
            new Dictionary<string, string>(StringComparer.Ordinal),
            cancellationToken
        );

    public static async Task<int> ServeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(k => k.AddServerHeader = false);
        await using var app = builder.Build();
        app.MapPost("/introspect", static async (HttpContext context) =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Reply.Length;
            await context.Response.Body.WriteAsync(Reply, context.RequestAborted);
        });
        app.MapGet("/", static () => Results.Text("ok"));
        await app.StartAsync();
        Console.WriteLine($"listening {new Uri(app.Urls.Single()).Port}");
        await Console.OpenStandardInput().CopyToAsync(Stream.Null);
        return 0;
    }
}
