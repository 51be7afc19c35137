using System.Net;
using Rekey.Functions;

var builder = WebApplication.CreateSlimBuilder(args);
if (await builder.AddRekeyAppAsync() is not { } settings)
{
    return StartUp.SettingsAreWrong;
}

// Only loopback, only the port that the Functions host names: it inherits ASPNETCORE_URLS and the like to us, and they count for nothing.
var port = int.TryParse(Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT"), out var given) ? given : 8080;
builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").ConfigureKestrel(kestrel =>
{
    // Kestrel would also take endpoints from a section of that name.
    kestrel.Configure(new ConfigurationBuilder().Build());
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = settings.Handler.MaxEnvelope;
    kestrel.Listen(IPAddress.Loopback, port);
});

var app = builder.Build();
app.UseRekey(endpoints =>
{
    endpoints.MapHttpFunctions();
    endpoints.MapInvocations();
});
await app.RunAsync();
return 0;
