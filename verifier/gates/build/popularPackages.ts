export type Registry = 'npm' | 'pypi' | 'crates';

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Packages that most projects know, of which others imitate the names. */
export const POPULAR: Readonly<Record<Registry, ReadonlySet<string>>> = {
  npm: names(`
    lodash react react-dom react-native react-router react-router-dom express axios chalk commander debug request moment async underscore
    webpack webpack-cli typescript eslint prettier babel-core babel-loader jquery angular mongoose mongodb body-parser cookie-parser
    dotenv uuid yargs minimist mkdirp rimraf glob inquirer bluebird socket.io socket.io-client nodemon nodemailer electron cross-env
    cross-spawn fs-extra node-fetch jsonwebtoken passport bcrypt bcryptjs sequelize postgres redis ioredis mysql mysql2 sqlite3
    next gatsby svelte vue-router vuex rollup esbuild parcel gulp grunt mocha jest jasmine karma cypress puppeteer playwright
    styled-components tailwindcss bootstrap postcss autoprefixer node-sass graphql apollo-server zod ajv joi validator
    classnames immutable redux react-redux redux-thunk rxjs core-js regenerator-runtime tslib semver winston morgan helmet multer
    discord.js ethers web3 fastify concurrently husky lint-staged prop-types date-fns colors event-stream ua-parser-js handlebars mustache
    cheerio jsdom three chart.js ts-node crypto-js shelljs opencollective node-gyp superagent supertest
  `),
  pypi: names(`
    requests urllib3 numpy pandas scipy matplotlib django flask setuptools boto3 botocore cryptography pyyaml certifi idna six
    python-dateutil jinja2 markupsafe click pillow beautifulsoup4 selenium sqlalchemy psycopg2 psycopg2-binary pytest colorama tensorflow
    torchvision keras scikit-learn scikit-image opencv-python opencv-python-headless pydantic fastapi uvicorn gunicorn celery redis aiohttp httpx paramiko
    pycryptodome pymongo simplejson jsonschema virtualenv transformers openai anthropic langchain tiktoken huggingface-hub
    websockets werkzeug itsdangerous charset-normalizer typing-extensions protobuf grpcio pyopenssl jellyfish lxml tqdm rich
    google-api-python-client google-auth google-cloud-storage azure-storage-blob awscli ansible scrapy discord.py python-telegram-bot
    streamlit sphinx pyinstaller pyjwt bcrypt passlib alembic black flake8 pylint isort coverage tornado twisted
  `),
  crates: names(`
    serde serde_json serde_derive tokio reqwest regex anyhow thiserror rust_decimal futures tracing itertools chrono
    hyper actix_web async_trait crossbeam num_cpus parking_lot once_cell lazy_static rand_core tempfile structopt bitflags
  `),
};

/** Honest packages whose names are near. */
export const KNOWN_NEIGHBOURS: Readonly<Record<Registry, ReadonlySet<string>>> = {
  npm: names(
    'color colord eclint colors.js tslint sqlite scrypt minimisted mkdir preact dotenvx mysql socketio cookieparser chartjs postcss-js',
  ),
  pypi: names('pycryptodomex pyaml scapy scrypt psycopg psycopg-binary websocket grequests flake9 torchaudio beautifulsoup asyncpg'),
  crates: names('serde_yaml future'),
};

export const POPULAR_SCOPES: ReadonlySet<string> = names(
  'types babel angular vue react-native aws-sdk google-cloud nestjs storybook testing-library mui emotion reduxjs typescript-eslint sentry azure prisma tanstack apollo octokit eslint rollup vitejs sveltejs',
);
