using Microsoft.Azure.Functions.Worker.Builder;
using Rekey.Functions.Hosting;
using Rekey.Functions.Security;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
builder.UseMiddleware<HttpCalls>();
if (!await builder.AddRekeyAppAsync())
{
    return StartUp.SettingsAreWrong;
}

await builder.Build().RunAsync();
return 0;
