using Rekey.AspNetCore;
using Rekey.Local.Worlds;
using Rekey.Trust.Jose;

namespace Rekey.Local.Replay.Packages;

/// <summary>The settings that the company's gateway and issuers share.</summary>
internal static class PackageSettings
{
    public static void Apply(PullOptions options, World world, PublicJwk documentKey, string folder)
    {
        options.Address = world.HostAddress;
        options.Environment = "local";
        options.Folder = folder;

        // Times in a local company are short, so that a person can watch.
        options.PullEvery = TimeSpan.FromMilliseconds(250);
        (options.DocumentKey["kty"], options.DocumentKey["crv"]) = ("EC", documentKey.Curve!);
        (options.DocumentKey["x"], options.DocumentKey["y"]) = (documentKey.X!, documentKey.Y!);
        options.Authorize = (request, _) =>
        {
            request.Headers.Authorization = new("Bearer", world.TokenFor("Gateway"));
            return default;
        };
    }
}
