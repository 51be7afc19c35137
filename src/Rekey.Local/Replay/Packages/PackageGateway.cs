using Rekey.AspNetCore;
using Rekey.AspNetCore.AccessLogs;
using Rekey.Local.Tls;
using Rekey.Local.Worlds;

namespace Rekey.Local.Replay.Packages;

/// <summary>A gateway with the package for ASP.NET Core: it pulls the signed lists and judges tokens in its own process.</summary>
internal sealed class PackageGateway : IAsyncDisposable
{
    private readonly World _world;
    private readonly RefusalReasonLog _reasons = new();
    private LoopbackHost? _host;

    private PackageGateway(World world) => _world = world;

    public Uri Address => _host!.Address;

    public static async Task<PackageGateway> StartAsync(World world, CancellationToken cancellationToken)
    {
        var gateway = new PackageGateway(world);
        var documentKey = await world.Admin.ReadKeyAsync(world.OwnVault, World.DocumentKey, cancellationToken);
        gateway._host = await LoopbackHost.StartAsync(0, certificate: null, Map, cancellationToken, builder =>
        {
            // The console is the replay's.
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IGatewayLogWriter>(gateway._reasons);
            builder.Services.AddAuthorization();
            builder.Services.AddRekeyGateway(options =>
                PackageSettings.Apply(options, world, documentKey, Path.Combine(world.Folder, $"gateway-{Guid.NewGuid():N}"))
            );
        });
        return gateway;
    }

    /// <summary>Why it refuses a token; null when it accepts it.</summary>
    public async Task<string?> RefusalAsync(string token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Address);
        request.Headers.Authorization = new("Bearer", token);
        using var reply = await _world.Http.SendAsync(request, cancellationToken);
        return reply.IsSuccessStatusCode ? null : await _reasons.OfAsync(token, cancellationToken);
    }

    public async ValueTask DisposeAsync() => await (_host?.DisposeAsync() ?? ValueTask.CompletedTask);

    private static void Map(WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", () => "customer records").RequireAuthorization();
    }
}
