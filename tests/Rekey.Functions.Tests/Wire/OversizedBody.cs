using System.Net;
using System.Text;
using Rekey.Functions.Tests.Hosting;

namespace Rekey.Functions.Tests.Wire;

/// <summary>Sends a body that the app refuses by its size.</summary>
internal static class OversizedBody
{
    private const int Tries = 10;

    /// <summary>The status of the answer. The host closes the connection while the body is still being sent, which may reset it before the
    /// answer is read: then the request is sent again.</summary>
    public static async Task<HttpStatusCode> SendAsync(
        RunningApp app,
        string path,
        string role,
        int bytes,
        CancellationToken cancellationToken
    )
    {
        for (var tries = 1; ; tries++)
        {
            using var content = new StringContent(new string(' ', bytes), Encoding.UTF8, "application/json");
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(app.World.HostAddress, path)) { Content = content };
            request.Headers.Authorization = new("Bearer", app.World.TokenFor(role));
            try
            {
                using var reply = await app.World.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                return reply.StatusCode;
            }
            catch (HttpRequestException reset) when (reset.InnerException is IOException && tries < Tries)
            {
                // Send it again.
            }
        }
    }
}
