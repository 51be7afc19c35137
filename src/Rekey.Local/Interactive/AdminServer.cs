using System.Security.Cryptography;
using System.Text;
using Rekey.Cli.Local;
using Rekey.Core;
using Rekey.Local.Tls;

namespace Rekey.Local.Interactive;

/// <summary>The endpoint of <c>rekey local</c>, on the loopback address: <c>POST /disable/{person}</c>, <c>POST /forge/{key}</c> and
/// <c>POST /reset</c>. Every call needs the secret of this run. 200 and 422 have a <see cref="LocalAnswer"/>.</summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly byte[] _expected;
    private LoopbackHost? _host;

    private AdminServer() => _expected = Encoding.UTF8.GetBytes($"Bearer {Secret}");

    public Uri Address => _host!.Address;

    /// <summary>The bearer token that every call needs.</summary>
    public string Secret { get; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    /// <param name="cancellationToken">Ends what is under way: a client that hangs up does not, since half a reset would be no
    /// company.</param>
    public static async Task<AdminServer> StartAsync(InteractiveWorld world, CancellationToken cancellationToken)
    {
        var server = new AdminServer();
        server._host = await LoopbackHost.StartAsync(
            port: 0,
            certificate: null,
            app => app.Run(http => server.HandleAsync(http, world, cancellationToken)),
            cancellationToken
        );
        return server;
    }

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task HandleAsync(HttpContext http, InteractiveWorld world, CancellationToken cancellationToken)
    {
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), _expected))
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        LocalAnswer? answer;
        try
        {
            answer = (http.Request.Method, http.Request.Path.Value!.Split('/')[1..]) switch
            {
                ("POST", ["disable", var person]) => await world.DisableAsync(person, cancellationToken),
                ("POST", ["forge", var key]) => await world.ForgeAsync(key, cancellationToken),
                ("POST", ["reset"]) => await world.ResetAsync(cancellationToken),
                _ => null,
            };
        }
        catch (CannotContinueException e)
        {
            http.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
            answer = new(e.Message, Remedy: e.Remedy);
        }

        if (answer is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        await http.Response.WriteAsJsonAsync(answer, http.RequestAborted);
    }
}
