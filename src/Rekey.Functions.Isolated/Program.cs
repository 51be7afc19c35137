using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Rekey.Functions;

var builder = FunctionsApplication.CreateBuilder(args);
builder.ConfigureFunctionsWebApplication();
if (await builder.AddRekeyAppAsync() is null)
{
    return StartUp.SettingsAreWrong;
}

builder.Services.AddSingleton<HttpPipeline>();
await builder.Build().RunAsync();
return 0;
