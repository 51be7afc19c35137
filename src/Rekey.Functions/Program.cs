using System.Net;
using Rekey;
using Rekey.Azure.Hosting;
using Rekey.Functions;
using Rekey.Functions.Security;
using Rekey.Functions.Wire;

var builder = WebApplication.CreateSlimBuilder(args);

// Only loopback, only the port that the Functions host names: it inherits ASPNETCORE_URLS and the like to us, and they count for nothing.
var port = int.TryParse(Environment.GetEnvironmentVariable("FUNCTIONS_CUSTOMHANDLER_PORT"), out var given) ? given : 8080;

Settings settings;
try
{
    settings = Settings.Read(builder.Configuration);
}
catch (CannotContinueException e)
{
    await Console.Error.WriteLineAsync($"Rekey does not start. {e.Remedy}{Environment.NewLine}{e.Message}");
    return 78;
}

builder.WebHost.UseSetting(WebHostDefaults.ServerUrlsKey, "").ConfigureKestrel(kestrel =>
{
    // Kestrel would also take endpoints from a section of that name.
    kestrel.Configure(new ConfigurationBuilder().Build());
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = settings.Handler.MaxEnvelope;
    kestrel.Listen(IPAddress.Loopback, port);
});
builder.AddRekeyTelemetry();
builder.Services.AddRekey(settings);
builder.Services.AddRekeyAuthentication(settings.Auth, TrustedTransport.Handler(settings.Azure.TrustedCaFile));
builder.Services.AddProblemDetails(Problems.Customize);
builder.Services.AddExceptionHandler<Problems>();
builder.Services.AddHostedService<ParentWatch>();

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseMiddleware<BodyLimit>();
app.UseAuthentication();
app.UseAuthorization();
app.MapFunctions();
await app.RunAsync();
return 0;
